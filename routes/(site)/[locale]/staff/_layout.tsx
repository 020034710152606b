import { StaffLayout } from "../../../../components/layouts/StaffLayout.tsx";
import { viewOf } from "../../../../components/view.ts";
import { define } from "../../../../utils.ts";

export default define.layout(function Layout(props) {
  const { Component } = props;
  return (
    <StaffLayout view={viewOf(props)}>
      <Component />
    </StaffLayout>
  );
});
