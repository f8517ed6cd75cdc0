import type { Choice, FieldSchema, ProjectSchema } from "../core/generated";

export const REQUEST_TYPE = "Customer Request Type";

/** The project's fields, each once, the one that holds the request type first. */
export function fieldsOf(schema: ProjectSchema): { id: string; name: string }[] {
  const fields = new Map<string, { id: string; name: string }>();
  if (schema.request_type_field !== null) fields.set(schema.request_type_field, { id: schema.request_type_field, name: REQUEST_TYPE });
  for (const type of schema.issue_types) {
    for (const { id, name } of type.fields) if (!fields.has(id)) fields.set(id, { id, name });
  }
  return [...fields.values()];
}

export function findField(schema: ProjectSchema, id: string): FieldSchema | undefined {
  for (const type of schema.issue_types) {
    const field = type.fields.find((one) => one.id === id);
    if (field !== undefined) return field;
  }
  return undefined;
}

/** The field's name, and its id where the project doesn't have it any more. */
export function fieldName(schema: ProjectSchema, id: string): string {
  return fieldsOf(schema).find((field) => field.id === id)?.name ?? id;
}

export function typeName(schema: ProjectSchema, id: string): string {
  return schema.issue_types.find((type) => type.id === id)?.name ?? id;
}

/** What can be chosen in a field, in any issue type or in one. */
export function choicesOf(schema: ProjectSchema, field: string, issueType?: string): Choice[] {
  if (field === schema.request_type_field) {
    return schema.request_types.filter((type) => issueType === undefined || type.issue_type === issueType);
  }
  const types = schema.issue_types.filter((type) => issueType === undefined || type.id === issueType);
  const choices = new Map<string, Choice>();
  for (const type of types) {
    for (const option of type.fields.find((one) => one.id === field)?.options ?? []) choices.set(option.id, option);
  }
  return [...choices.values()];
}

export function choiceName(schema: ProjectSchema, field: string, id: string): string {
  return choicesOf(schema, field).find((choice) => choice.id === id)?.name ?? id;
}
