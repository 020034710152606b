/** Names of the icons. */
export type IconName = keyof typeof SHAPES;

/** Outlines on a grid of 24, drawn with round strokes. */
const SHAPES = {
  vehicle: [
    "M5 17.5H4a1 1 0 0 1-1-1v-3.2c0-.9.6-1.7 1.5-2l1.6-.5 1.9-3.6c.4-.7 1.1-1.2 1.9-1.2h4.6c.8 0 1.5.4 1.9 1.1l2 3.7 1.9.5c.9.2 1.6 1 1.6 2v3.2a1 1 0 0 1-1 1h-2",
    "M9.6 17.5h4.8M6.3 10.8h11.6",
    round(7.4, 17.5, 2.2),
    round(16.6, 17.5, 2.2),
  ],
  property: [
    "M3.5 11.2 12 4l8.5 7.2",
    "M5.8 9.5V19a1 1 0 0 0 1 1h10.4a1 1 0 0 0 1-1V9.5",
    "M9.5 20v-4.5a2.5 2.5 0 0 1 5 0V20",
  ],
  injury: [
    "M12 20.5S3.5 15.6 3.5 9.6A4.6 4.6 0 0 1 12 7.2a4.6 4.6 0 0 1 8.5 2.4c0 6-8.5 10.9-8.5 10.9Z",
    "M6.5 12.5h2.7l1.6-2.8 2.4 4.6 1.5-1.8h2.8",
  ],
  travel: [
    "M6 8h12a2 2 0 0 1 2 2v7.5a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V10a2 2 0 0 1 2-2Z",
    "M9 8V5.5a1 1 0 0 1 1-1h4a1 1 0 0 1 1 1V8M8.5 8v11.5M15.5 8v11.5",
  ],
  phone: [
    "M6.2 3.5h2.6c.4 0 .8.3.9.7l.9 3.4c.1.4 0 .8-.3 1L8.6 10a12 12 0 0 0 5.4 5.4l1.4-1.7c.3-.3.7-.4 1-.3l3.4.9c.4.1.7.5.7.9v2.6a2.7 2.7 0 0 1-2.9 2.7A15.7 15.7 0 0 1 3.5 6.4a2.7 2.7 0 0 1 2.7-2.9Z",
  ],
  mail: [
    "M5 5.5h14a2 2 0 0 1 2 2V17a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V7.5a2 2 0 0 1 2-2Z",
    "m3.8 7 8.2 6 8.2-6",
  ],
  check: ["m5 12.8 4.6 4.6L19 8"],
  arrow: ["M4.5 12h15m-6-6 6 6-6 6"],
  chevron: ["m6.5 9.5 5.5 5.5 5.5-5.5"],
  globe: [
    round(12, 12, 8.8),
    "M3.4 12h17.2M12 3.2c2.4 2.5 3.6 5.4 3.6 8.8s-1.2 6.3-3.6 8.8c-2.4-2.5-3.6-5.4-3.6-8.8s1.2-6.3 3.6-8.8Z",
  ],
  menu: ["M4 7h16M4 12h16M4 17h16"],
  warning: ["M12 4 2.8 19.5h18.4L12 4Z", "M12 10v4.5M12 17v.01"],
  info: [round(12, 12, 8.8), "M12 11v5.5M12 7.8v.01"],
  lock: [
    "M7 10.5h10a2 2 0 0 1 2 2V18a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2v-5.5a2 2 0 0 1 2-2Z",
    "M8 10.5V8a4 4 0 0 1 8 0v2.5M12 14v2.5",
  ],
  clock: [round(12, 12, 8.8), "M12 7v5.3l3.4 2"],
  speech: [
    "M20.5 12c0 4-3.8 7.2-8.5 7.2-1 0-2-.1-2.9-.4L4 20.5l1.3-3.7A6.7 6.7 0 0 1 3.5 12c0-4 3.8-7.2 8.5-7.2s8.5 3.2 8.5 7.2Z",
  ],
  camera: [
    "M4.5 7.5h2.8l1.5-2.5h6.4l1.5 2.5h2.8A1.5 1.5 0 0 1 21 9v8.5a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 17.5V9a1.5 1.5 0 0 1 1.5-1.5Z",
    round(12, 13, 3.5),
  ],
  paper: [
    "M7 3.5h7l4.5 4.5v11a1.5 1.5 0 0 1-1.5 1.5H7A1.5 1.5 0 0 1 5.5 19V5A1.5 1.5 0 0 1 7 3.5Z",
    "M13.5 3.8V8.5h4.7M9 12.5h6M9 16h6",
  ],
  bell: [
    "M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 2h-15l1.5-2Z",
    "M10 18.8a2 2 0 0 0 4 0",
  ],
  link: [
    "M10.5 13.5a3.6 3.6 0 0 0 5.1 0l3-3a3.6 3.6 0 1 0-5.1-5.1l-1 1",
    "M13.5 10.5a3.6 3.6 0 0 0-5.1 0l-3 3a3.6 3.6 0 1 0 5.1 5.1l1-1",
  ],
  eye: [
    "M2.8 12S6.2 5.8 12 5.8 21.2 12 21.2 12 17.8 18.2 12 18.2 2.8 12 2.8 12Z",
    round(12, 12, 2.8),
  ],
  pen: [
    "m4 20 1.1-4.3L15.6 5.2a2.2 2.2 0 0 1 3.2 3.2L8.3 18.9 4 20Z",
    "m13.8 7 3.2 3.2",
  ],
  stop: ["M8.4 3.2h7.2l5.2 5.2v7.2l-5.2 5.2H8.4l-5.2-5.2V8.4l5.2-5.2Z", "M8.5 12h7"],
} as const satisfies Record<string, readonly string[]>;

/** Props of {@linkcode Icon}. */
export interface IconProps {
  readonly name: IconName;
  /** Edge in pixels; 24. */
  readonly size?: number;
}

/** A small drawing beside words; it says nothing that the words do not. */
export function Icon({ name, size = 24 }: IconProps) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true">
      {SHAPES[name].map((d) => <path key={d} d={d} />)}
    </svg>
  );
}

/** A circle as a path. */
function round(x: number, y: number, r: number): string {
  return `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;
}
