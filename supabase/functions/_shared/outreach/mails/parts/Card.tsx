import type { Fact } from "../letter.ts";
import { Mark } from "./Band.tsx";
import { FIXED, FONT, WITHIN } from "./theme.ts";

/** Props of {@linkcode Card}. */
export interface CardProps {
  readonly plan: string;
  readonly badge: string;
  readonly facts: readonly Fact[];
}

const { deep, onDeep, onDeepSoft, good, goodInk } = FIXED;

/** The member's card, as on the membership page. */
export function Card({ plan, badge, facts }: CardProps) {
  return (
    <table
      role="none"
      style={`border-collapse:separate;border-spacing:0;width:100%;margin:8px 0 26px;background-color:${deep};border-radius:18px`}
    >
      <tbody>
        <tr>
          <td style="padding:22px 12px 12px 24px;vertical-align:middle">
            <table role="none" style="border-collapse:collapse">
              <tbody>
                <tr>
                  <td style="padding:0 12px 0 0;vertical-align:middle">
                    <Mark />
                  </td>
                  <td
                    style={`padding:0;font-family:${FONT};font-size:19px;line-height:26px;font-weight:700;${WITHIN};color:${onDeep}`}
                  >
                    {plan}
                  </td>
                </tr>
              </tbody>
            </table>
          </td>
          <td style="padding:22px 24px 12px 0;text-align:right;vertical-align:middle">
            <span
              style={`display:inline-block;padding:4px 14px;background-color:${good};border-radius:14px;font-family:${FONT};font-size:14px;line-height:20px;font-weight:700;color:${goodInk}`}
            >
              {badge}
            </span>
          </td>
        </tr>
        <tr>
          <td colspan={2} style="padding:6px 24px 14px">
            {facts.map((fact, at) => <CardFact key={at} fact={fact} wide={at === 0} />)}
          </td>
        </tr>
      </tbody>
    </table>
  );
}

/** What stands side by side where there is room, and below each other where there is none. */
function CardFact({ fact, wide }: { readonly fact: Fact; readonly wide: boolean }) {
  const place = wide ? "" : "display:inline-block;width:210px;vertical-align:top;";
  return (
    <div style={`${place}padding:0 0 12px`}>
      <p style={`margin:0;font-family:${FONT};font-size:14px;line-height:20px;color:${onDeepSoft}`}>
        {fact.label}
      </p>
      <p
        style={`margin:0;font-family:${FONT};font-size:18px;line-height:25px;font-weight:700;${WITHIN};color:${onDeep}`}
      >
        {fact.value}
      </p>
    </div>
  );
}
