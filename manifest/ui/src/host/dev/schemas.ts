import type { Choice, FieldKind, FieldSchema, ProjectSchema, Sides } from "../../core/generated";

const TYPES: [string, string][] = [
  ["IT Help", "Get IT Help"],
  ["Purchase", "Purchase request"],
  ["Access", "Request a new account"],
];

function field(id: string, name: string, kind: FieldKind, options: Choice[] = []): FieldSchema {
  const required = id === "summary";
  return { id, name, kind, required, has_default: false, on_create: true, on_edit: true, options };
}

function schema(n: number, key: string, name: string, more: string[]): ProjectSchema {
  const options = (names: string[]) => names.map((option, i) => ({ id: `${n}${i}`, name: option }));
  const custom = (i: number) => `customfield_${n}00${i}`;
  const fields = [
    field("summary", "Summary", "text"),
    field("description", "Description", "rich"),
    field("priority", "Priority", "choice", options(["High", "Medium", "Low"])),
    field("labels", "Labels", "labels"),
    field("duedate", "Due date", "date"),
    field("reporter", "Reporter", "person"),
    field(custom(1), "Impact", "choice", options(["One team", "Some teams", "All"])),
    field(custom(2), "Cost", "number"),
    field(custom(3), "Checklist", "other"),
  ];
  const types = [...TYPES.map(([type]) => type), ...more];
  return {
    project: `${n}0000`,
    key,
    name,
    service: true,
    issue_types: types.map((type, i) => ({ id: `${n}000${i + 1}`, name: type, subtask: false, fields })),
    request_types: TYPES.map(([, request], i) => ({ id: `${n}7${i}`, name: request, issue_type: `${n}000${i + 1}` })),
    request_type_field: `customfield_${n}0010`,
  };
}

/** The guide's two service desks. */
export const schemas: Sides<ProjectSchema> = {
  a: schema(1, "HELP", "Acme help", ["Incident"]),
  b: schema(2, "DESK", "Globex desk", ["Change with a name that is somewhat longer than others"]),
};
