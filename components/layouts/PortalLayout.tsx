import { portalOf } from "@core/identity/roles.ts";
import { AdminLayout } from "./AdminLayout.tsx";
import { AgentLayout } from "./AgentLayout.tsx";
import { MemberLayout } from "./MemberLayout.tsx";
import type { LayoutProps } from "./PublicLayout.tsx";
import { StaffLayout } from "./StaffLayout.tsx";

const LAYOUTS = {
  member: MemberLayout,
  agent: AgentLayout,
  staff: StaffLayout,
  admin: AdminLayout,
};

/** Pages that everyone has who is signed in, in the frame of their own portal. */
export function PortalLayout({ view, children }: LayoutProps) {
  const Layout = LAYOUTS[portalOf(view.viewer?.role ?? "member")];
  return <Layout view={view}>{children}</Layout>;
}
