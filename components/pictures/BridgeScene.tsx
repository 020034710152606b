/** Props of {@linkcode BridgeScene}. */
export interface BridgeSceneProps {
  /** What the picture shows, for those who do not see it. */
  readonly label: string;
}

/**
 * An old stone bridge at sunrise, two people crossing it side by side. Prizren and Skopje both have
 * one; it stands for getting from one side to the other, and not alone. Colours come from the
 * stylesheet, so it is dawn in the light theme and night in the dark one.
 */
export function BridgeScene({ label }: BridgeSceneProps) {
  return (
    <svg
      class="scene"
      viewBox="0 0 1440 430"
      preserveAspectRatio="xMidYMax slice"
      role="img"
      aria-label={label}
    >
      <circle class="scene-halo" cx="842" cy="190" r="150" />
      <circle class="scene-sun" cx="842" cy="190" r="86" />
      <path
        class="scene-far"
        d="M0 236c88-50 150-72 232-52 76 18 112 52 196 38 96-16 146-92 246-96 92-4 128 62 214 74 78 10 128-42 214-40 92 2 130 54 206 52 54-2 90-24 132-46v214H0Z"
      />
      <path
        class="scene-middle"
        d="M0 268c96-28 176-18 262 4 92 24 168 20 252-12 96-36 176-40 268-8 84 30 148 42 236 22 84-20 150-52 240-38 70 10 124 34 182 24v140H0Z"
      />
      <path
        class="scene-near"
        d="M0 306c70-14 132-8 196 8 60 16 110 30 110 30H0Zm1440-22c-74-2-132 12-196 28-62 16-120 32-120 32h316Z"
      />
      <path class="scene-water" d="M0 340h1440v90H0Z" />
      <g class="scene-mirror">
        <path d="M214 346a66 30 0 0 0 132 0Z" />
        <path d="M392 346a92 40 0 0 0 184 0Z" />
        <path d="M622 346a118 52 0 0 0 236 0Z" />
        <path d="M904 346a92 40 0 0 0 184 0Z" />
        <path d="M1134 346a66 30 0 0 0 132 0Z" />
      </g>
      <path
        class="scene-bridge"
        fill-rule="evenodd"
        d="M0 280c60-6 120-14 180-28 180-40 350-88 560-88s380 48 560 88c60 14 80 20 140 26v68H0Zm214 66h132v-12a66 66 0 0 0-132 0Zm178 0h184v-22a92 92 0 0 0-184 0Zm230 0h236v-28a118 118 0 0 0-236 0Zm282 0h184v-22a92 92 0 0 0-184 0Zm230 0h132v-12a66 66 0 0 0-132 0Z"
      />
      <g class="scene-shade">
        <path d="M214 346v-12a66 66 0 0 1 66-66c-34 5-56 31-56 66v12Zm178 0v-22a92 92 0 0 1 92-92c-48 6-80 42-80 92v22Zm230 0v-28a118 118 0 0 1 118-118c-62 8-104 54-104 118v28Zm282 0v-22a92 92 0 0 1 92-92c-48 6-80 42-80 92v22Zm230 0v-12a66 66 0 0 1 66-66c-34 5-56 31-56 66v12Z" />
        <path d="M180 252c180-40 350-88 560-88s380 48 560 88l140 26v9l-142-24c-180-40-350-86-558-86s-378 46-558 86L0 289v-9Z" />
      </g>
      <g class="scene-stones">
        <path d="M582 226h30M596 244h34M566 266h26M868 226h30M852 244h32M892 266h24M372 284h22M352 302h26M1096 282h24M1104 300h26M592 306h22M866 306h24M60 306h34M104 322h30M1330 308h34M1380 322h30" />
      </g>
      <g class="scene-people">
        <path class="scene-person-a" d="M655 169c0-12 5-20 12-20s12 8 12 20l1 4h-26Z" />
        <circle class="scene-head" cx="667" cy="141" r="7.2" />
        <path class="scene-person-b" d="M682 167c0-14 6-24 13.5-24s13.5 10 13.5 24l1 3h-29Z" />
        <circle class="scene-head" cx="695.5" cy="134" r="8" />
        <path class="scene-arm" d="M689 151c-5 4-11 6-17 5" />
      </g>
      <path
        class="scene-ripple"
        d="M90 372h120M260 396h80M470 378h150M700 402h110M930 380h130M1130 398h90M1260 374h120M560 416h70M1010 416h60"
      />
    </svg>
  );
}
