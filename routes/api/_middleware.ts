import { obeySwitchesAsJson } from "../../site/switches.ts";
import { define } from "../../utils.ts";

export default define.middleware(obeySwitchesAsJson());
