import { onlyRoles } from "../../../../../site/guards.ts";
import { define } from "../../../../../utils.ts";

export default define.middleware(onlyRoles("tenant_admin", "super_admin"));
