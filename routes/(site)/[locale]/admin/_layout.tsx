import { AdminLayout } from "../../../../components/layouts/AdminLayout.tsx";
import { viewOf } from "../../../../components/view.ts";
import { define } from "../../../../utils.ts";

export default define.layout(function Layout(props) {
  const { Component } = props;
  return (
    <AdminLayout view={viewOf(props)}>
      <Component />
    </AdminLayout>
  );
});
