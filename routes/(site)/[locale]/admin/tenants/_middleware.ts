import { onlyRoles } from "../../../../../site/guards.ts";
import { define } from "../../../../../utils.ts";

export default define.middleware(onlyRoles("super_admin"));
