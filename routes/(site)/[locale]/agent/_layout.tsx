import { AgentLayout } from "../../../../components/layouts/AgentLayout.tsx";
import { viewOf } from "../../../../components/view.ts";
import { define } from "../../../../utils.ts";

export default define.layout(function Layout(props) {
  const { Component } = props;
  return (
    <AgentLayout view={viewOf(props)}>
      <Component />
    </AgentLayout>
  );
});
