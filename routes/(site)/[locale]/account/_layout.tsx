import { PortalLayout } from "../../../../components/layouts/PortalLayout.tsx";
import { viewOf } from "../../../../components/view.ts";
import { define } from "../../../../utils.ts";

export default define.layout(function Layout(props) {
  const { Component } = props;
  return (
    <PortalLayout view={viewOf(props)}>
      <Component />
    </PortalLayout>
  );
});
