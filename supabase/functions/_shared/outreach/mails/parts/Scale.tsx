import type { Block } from "../letter.ts";
import { Button } from "./Button.tsx";
import { COLOUR, FONT, SMALL } from "./theme.ts";

type ScaleBlock = Extract<Block, { kind: "scale" }>;

/** Eleven numbers to press, each a link to the survey with that number chosen, and one to it alone. */
export function Scale({ scale }: { readonly scale: ScaleBlock }) {
  const { low, high, answers, label, href } = scale;
  return (
    <>
      <table
        role="none"
        style="border-collapse:separate;border-spacing:3px 0;width:100%;margin:6px 0 8px;table-layout:fixed"
      >
        <tbody>
          <tr>
            {answers.map((answer) => <Answer key={answer.score} answer={answer} />)}
          </tr>
        </tbody>
      </table>
      <table role="none" style="border-collapse:collapse;width:100%;margin:0 0 22px">
        <tbody>
          <tr>
            <td class="m-ink-soft" style={`padding:0 3px;text-align:left;${SMALL}`}>{low}</td>
            <td class="m-ink-soft" style={`padding:0 3px;text-align:right;${SMALL}`}>{high}</td>
          </tr>
        </tbody>
      </table>
      <Button label={label} href={href} />
    </>
  );
}

function Answer({ answer }: { readonly answer: ScaleBlock["answers"][number] }) {
  return (
    <td
      class="m-soft"
      style={`padding:0;background-color:${COLOUR.soft};border-radius:9px;text-align:center`}
    >
      <a
        class="m-link"
        href={answer.href}
        aria-label={answer.label}
        style={`display:block;padding:12px 0;font-family:${FONT};font-size:16px;line-height:22px;font-weight:700;text-decoration:none;color:${COLOUR.link}`}
      >
        {answer.score}
      </a>
    </td>
  );
}
