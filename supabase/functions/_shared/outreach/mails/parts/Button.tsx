import { COLOUR, FONT } from "./theme.ts";

/** Props of {@linkcode Button}. */
export interface ButtonProps {
  readonly label: string;
  readonly href: string;
}

/**
 * What the mail asks for. The cell holds the padding in Outlook, the link everywhere else, where all
 * of it can be pressed.
 */
export function Button({ label, href }: ButtonProps) {
  return (
    <table role="none" style="border-collapse:separate;border-spacing:0;margin:26px 0 22px">
      <tbody>
        <tr>
          <td
            class="m-brand"
            style={`background-color:${COLOUR.brand};border-radius:12px;mso-padding-alt:15px 28px`}
          >
            <a
              class="m-on-brand"
              href={href}
              style={`display:inline-block;padding:15px 28px;font-family:${FONT};font-size:17px;line-height:22px;font-weight:700;text-decoration:none;color:${COLOUR.onBrand}`}
            >
              {label}
            </a>
          </td>
        </tr>
      </tbody>
    </table>
  );
}
