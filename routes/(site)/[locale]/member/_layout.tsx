import { MemberLayout } from "../../../../components/layouts/MemberLayout.tsx";
import { viewOf } from "../../../../components/view.ts";
import { define } from "../../../../utils.ts";

export default define.layout(function Layout(props) {
  const { Component } = props;
  return (
    <MemberLayout view={viewOf(props)}>
      <Component />
    </MemberLayout>
  );
});
