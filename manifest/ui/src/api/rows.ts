/** What the server's addresses are asked with and answer, as the server itself has it. */
export type * from "./generated";
