import { useWork } from "../../../draft/context";

/** The head of a table of pairs: A, the direction, B. `more` stands before the actions. */
export function PairHead({ more = [] }: { more?: string[] }) {
  const { schemas } = useWork();
  return (
    <thead>
      <tr>
        <th scope="col">{schemas.a.name}</th>
        <th scope="col">Direction</th>
        <th scope="col">{schemas.b.name}</th>
        {more.map((name) => (
          <th key={name} scope="col">
            {name}
          </th>
        ))}
        <th scope="col">
          <span className="hidden">Actions</span>
        </th>
      </tr>
    </thead>
  );
}
