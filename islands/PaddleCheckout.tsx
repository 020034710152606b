import { useEffect, useState } from "preact/hooks";

/** Props of {@linkcode PaddleCheckout}. */
export interface PaddleCheckoutProps {
  /** Whether this is Paddle's sandbox. */
  readonly sandbox: boolean;
  /** Paddle.js' client-side token. */
  readonly token: string;
  /** The purchase, `txn_…`. */
  readonly transactionId: string;
  /** Where Paddle leads to after the payment. */
  readonly successUrl: string;
  readonly title: string;
  readonly text: string;
  /** What to say if Paddle's script does not load. */
  readonly failed: string;
}

/** The part of Paddle.js in use. */
interface PaddleJs {
  Environment: { set(environment: "sandbox"): void };
  Initialize(options: { token: string }): void;
  Checkout: {
    open(options: {
      transactionId: string;
      settings: { displayMode: "overlay"; successUrl: string };
    }): void;
  };
}

const SCRIPT = "https://cdn.paddle.com/paddle/v2/paddle.js";

/** Opens Paddle's checkout over the page. */
export default function PaddleCheckout(props: PaddleCheckoutProps) {
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    const script = document.createElement("script");
    script.src = SCRIPT;
    script.onload = () => open(props) || setFailed(true);
    script.onerror = () => setFailed(true);
    document.head.append(script);
  }, []);

  return (
    <div role="status" aria-live="polite">
      <h1>{props.title}</h1>
      <p class="lead">{failed ? props.failed : props.text}</p>
    </div>
  );
}

function open(props: PaddleCheckoutProps): boolean {
  const paddle = (globalThis as { Paddle?: PaddleJs }).Paddle;
  if (!paddle) return false;
  if (props.sandbox) paddle.Environment.set("sandbox");
  paddle.Initialize({ token: props.token });
  paddle.Checkout.open({
    transactionId: props.transactionId,
    // The language is left to Paddle, which offers none but English to most of our readers.
    settings: { displayMode: "overlay", successUrl: props.successUrl },
  });
  return true;
}
