import type { Fact, Moment, Point, Step } from "../letter.ts";
import { BOX, COLOUR, FIXED, FONT, STRONG, TEXT, WITHIN } from "./theme.ts";

const PLAIN = `font-family:${FONT};font-size:16px;line-height:25px;color:${COLOUR.inkSoft}`;

/** Names and values, a line each. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <table role="none" style={`${BOX};margin:0 0 18px`}>
      <tbody>
        {facts.map((fact, at) => <FactRow key={at} fact={fact} first={at === 0} />)}
      </tbody>
    </table>
  );
}

function FactRow({ fact, first }: { readonly fact: Fact; readonly first: boolean }) {
  const line = first ? "" : `;border-top:1px solid ${COLOUR.line}`;
  return (
    <tr>
      <td
        class="m-line m-ink-soft"
        style={`padding:9px 14px 9px 0;vertical-align:top;${PLAIN}${line}`}
      >
        {fact.label}
      </td>
      <td
        class="m-line m-ink"
        style={`padding:9px 0;vertical-align:top;text-align:right;${WITHIN};${STRONG}${line}`}
      >
        {fact.value}
      </td>
    </tr>
  );
}

/** A line of days with a dot each. */
export function Times({ times }: { readonly times: readonly Moment[] }) {
  return (
    <table role="none" style={`${BOX};margin:0 0 18px`}>
      <tbody>
        {times.map((moment, at) => <MomentRow key={at} moment={moment} />)}
      </tbody>
    </table>
  );
}

function MomentRow({ moment }: { readonly moment: Moment }) {
  return (
    <tr>
      <td style="width:30px;padding:0;vertical-align:top">
        <Dot />
      </td>
      <td style="padding:0 0 14px;vertical-align:top">
        <p class="m-ink" style={`margin:0;${STRONG}`}>{moment.when}</p>
        <p class="m-ink-soft" style={`margin:0;${PLAIN}`}>{moment.what}</p>
      </td>
    </tr>
  );
}

/** As high as a line of text; Outlook, which would draw a square, shows none. */
function Dot() {
  return (
    <div style="padding:7px 0 0;mso-hide:all">
      <div
        style={`width:12px;height:12px;font-size:0;line-height:0;background-color:${FIXED.sun};border-radius:12px`}
      >
      </div>
    </div>
  );
}

/** Numbered, each number in an arch. */
export function Steps({ steps }: { readonly steps: readonly Step[] }) {
  return (
    <table role="none" style={`${BOX};margin:0 0 8px`}>
      <tbody>
        {steps.map((step, at) => <StepRow key={at} step={step} number={at + 1} />)}
      </tbody>
    </table>
  );
}

function StepRow({ step, number }: { readonly step: Step; readonly number: number }) {
  return (
    <tr>
      <td style="width:48px;padding:0 0 16px;vertical-align:top">
        <table role="none" style="border-collapse:separate;border-spacing:0">
          <tbody>
            <tr>
              <td
                class="m-warm m-warm-ink"
                style={`width:34px;height:34px;padding:0;background-color:${COLOUR.warm};border-radius:17px 17px 6px 6px;text-align:center;vertical-align:middle;font-family:${FONT};font-size:16px;line-height:34px;font-weight:700;color:${COLOUR.warmInk}`}
              >
                {number}
              </td>
            </tr>
          </tbody>
        </table>
      </td>
      <td style="padding:3px 0 16px;vertical-align:top">
        <p class="m-ink" style={`margin:0;${STRONG}`}>{step.title}</p>
        <p class="m-ink-soft" style={`margin:0;${PLAIN}`}>{step.text}</p>
      </td>
    </tr>
  );
}

/** Props of {@linkcode Points}. */
export interface PointsProps {
  readonly mark: "tick" | "dot";
  readonly points: readonly Point[];
}

/** Things of equal weight. */
export function Points({ mark, points }: PointsProps) {
  return (
    <table role="none" style={`${BOX};margin:0 0 10px`}>
      <tbody>
        {points.map((point, at) => <PointRow key={at} mark={mark} point={point} />)}
      </tbody>
    </table>
  );
}

function PointRow(
  { mark, point: { title, text } }: Pick<PointsProps, "mark"> & { readonly point: Point },
) {
  return (
    <tr>
      <td
        class="m-link"
        style={`width:30px;padding:0 0 12px;vertical-align:top;${STRONG};color:${COLOUR.link}`}
      >
        {mark === "tick" ? <span aria-hidden="true">✓</span> : <Dot />}
      </td>
      <td style="padding:0 0 12px;vertical-align:top">
        {title !== undefined && <p class="m-ink" style={`margin:0;${STRONG}`}>{title}</p>}
        <p
          class={title === undefined ? "m-ink" : "m-ink-soft"}
          style={`margin:0;${title === undefined ? TEXT : PLAIN}`}
        >
          {text}
        </p>
      </td>
    </tr>
  );
}
