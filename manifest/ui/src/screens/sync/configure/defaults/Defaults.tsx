import { Notes } from "../Notes";
import { Column } from "./Column";

/** *Fields > Default Values*: what is set on issues that are created here, one column per project. */
export default function Defaults() {
  return (
    <>
      <p className="measure">
        A default value is set on issues that are created in a project by the mirror, where no field mapping gives a
        value. An issue that customers shall see needs a <b>Customer Request Type</b>.
      </p>
      <Notes tab="default_values" />
      <div className="columns">
        <Column side="a" name="Project A" />
        <Column side="b" name="Project B" />
      </div>
    </>
  );
}
