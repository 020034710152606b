import type { Block } from "../letter.ts";
import { lines } from "../people.ts";
import { Button } from "./Button.tsx";
import { Card } from "./Card.tsx";
import { Facts, Points, Steps, Times } from "./Lists.tsx";
import { Scale } from "./Scale.tsx";
import { BOX, COLOUR, FIXED, FONT, SMALL, STRONG, TEXT } from "./theme.ts";

/** A letter's blocks, one below the other. */
export function Blocks({ blocks }: { readonly blocks: readonly Block[] }) {
  return <>{blocks.map((block, at) => <Part key={at} block={block} />)}</>;
}

function Part({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case "text":
      return <p class="m-ink" style={`margin:0 0 18px;${TEXT}`}>{block.text}</p>;
    case "note":
      return <p class="m-ink-soft" style={`margin:0 0 18px;${SMALL}`}>{block.text}</p>;
    case "heading":
      return (
        <h2
          class="m-ink"
          style={`margin:30px 0 14px;font-family:${FONT};font-size:20px;line-height:27px;font-weight:700;color:${COLOUR.ink}`}
        >
          {block.text}
        </h2>
      );
    case "button":
      return <Button label={block.label} href={block.href} />;
    case "link":
      return (
        <p style={`margin:0 0 18px;${TEXT}`}>
          <a class="m-link" href={block.href} style={LINK}>{block.label}</a>
        </p>
      );
    case "facts":
      return <Facts facts={block.facts} />;
    case "times":
      return <Times times={block.times} />;
    case "steps":
      return <Steps steps={block.steps} />;
    case "points":
      return <Points mark={block.mark} points={block.points} />;
    case "callout":
      return <Callout tone={block.tone} title={block.title} text={block.text} />;
    case "quote":
      return <Quote title={block.title} text={block.text} />;
    case "card":
      return <Card plan={block.plan} badge={block.badge} facts={block.facts} />;
    case "scale":
      return <Scale scale={block} />;
  }
}

const LINK = `font-weight:600;text-decoration:underline;color:${COLOUR.link}`;
interface CalloutProps {
  readonly tone: "warm" | "calm";
  readonly title: string | null;
  readonly text: string;
}

function Callout({ tone, title, text }: CalloutProps) {
  const warm = tone === "warm";
  const ground = warm ? COLOUR.warm : COLOUR.soft;
  const ink = warm ? COLOUR.warmInk : COLOUR.ink;
  const inkClass = warm ? "m-warm-ink" : "m-ink";
  return (
    <table role="none" style={`${BOX};margin:8px 0 22px`}>
      <tbody>
        <tr>
          <td
            class={warm ? "m-warm" : "m-soft"}
            style={`padding:18px 22px;background-color:${ground};border-radius:14px`}
          >
            {title !== null && (
              <p class={inkClass} style={`margin:0 0 4px;${STRONG};color:${ink}`}>{title}</p>
            )}
            <p
              class={inkClass}
              style={`margin:0;font-family:${FONT};font-size:16px;line-height:25px;color:${ink}`}
            >
              {text}
            </p>
          </td>
        </tr>
      </tbody>
    </table>
  );
}

function Quote({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <table role="none" style={`${BOX};margin:8px 0 22px`}>
      <tbody>
        <tr>
          <td
            class="m-soft"
            style={`padding:18px 22px;background-color:${COLOUR.soft};border-left:4px solid ${FIXED.sun};border-radius:4px 14px 14px 4px`}
          >
            <p class="m-ink-soft" style={`margin:0 0 4px;${SMALL}`}>{title}</p>
            {lines(text).map((line, at) => <QuoteLine key={at} line={line} />)}
          </td>
        </tr>
      </tbody>
    </table>
  );
}

function QuoteLine({ line }: { readonly line: string }) {
  return <p class="m-ink" style={`margin:0;min-height:12px;${TEXT}`}>{line}</p>;
}
