import { LinkLayout } from "../../../../components/layouts/PublicLayout.tsx";
import { viewOf } from "../../../../components/view.ts";
import { define } from "../../../../utils.ts";

export default define.layout(function Layout(props) {
  const { Component } = props;
  return (
    <LinkLayout view={viewOf(props)}>
      <Component />
    </LinkLayout>
  );
});
