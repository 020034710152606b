import { onlySignedIn } from "../../../../site/guards.ts";
import { define } from "../../../../utils.ts";

export default define.middleware(onlySignedIn());
