import { expect, type APIRequestContext } from "@playwright/test";
import type { Name } from "./site.ts";

/** A copy is there within seconds, and a search knows it a moment later. */
const FIND_MS_MAX = 30_000;

/** A document of one paragraph. */
export function doc(text: string): unknown {
  return { type: "doc", version: 1, content: [{ type: "paragraph", content: [{ type: "text", text }] }] };
}

/** Jira's REST API in the name of a person, as tools of his use it. */
export class Rest {
  private readonly headers: Record<string, string>;

  constructor(
    private readonly request: APIRequestContext,
    private readonly base: string,
    site: "acme" | "globex",
    name: Name,
  ) {
    this.headers = { authorization: `Basic ${btoa(`${name}@${site}.example:${name}-token`)}` };
  }

  async get<T>(path: string): Promise<T> {
    return this.ask<T>("GET", path);
  }

  async post<T>(path: string, data: unknown): Promise<T> {
    return this.ask<T>("POST", path, data);
  }

  async put(path: string, data: unknown): Promise<void> {
    await this.ask("PUT", path, data);
  }

  async delete(path: string): Promise<void> {
    await this.ask("DELETE", path);
  }

  /** The issues of a project, newest first: their keys by their summaries. */
  async issues(project: string): Promise<Map<string, string>> {
    const query = new URLSearchParams({ jql: `project = ${project} ORDER BY created DESC`, fields: "summary", maxResults: "100" });
    const found = await this.get<{ issues: { key: string; fields: { summary: string } }[] }>(`/rest/api/3/search/jql?${query.toString()}`);
    return new Map(found.issues.map(({ key, fields }) => [fields.summary, key]));
  }

  /** A new issue of the type *IT Help*; answers its key. */
  async raise(project: string, summary: string, more: Record<string, unknown> = {}): Promise<string> {
    const fields = { project: { key: project }, issuetype: { name: "IT Help" }, summary, ...more };
    return (await this.post<{ key: string }>("/rest/api/3/issue", { fields })).key;
  }

  /** The key of the only issue of a project that is called so, once it is there. */
  async find(project: string, summary: string): Promise<string> {
    await expect.poll(async () => (await this.issues(project)).get(summary), { timeout: FIND_MS_MAX }).toBeTruthy();
    return (await this.issues(project)).get(summary) ?? "";
  }

  async note(key: string, text: string): Promise<void> {
    const properties = [{ key: "sd.public.comment", value: { internal: true } }];
    await this.post(`/rest/api/3/issue/${key}/comment`, { body: doc(text), properties });
  }

  async summary(key: string): Promise<string> {
    return (await this.get<{ fields: { summary: string } }>(`/rest/api/3/issue/${key}?fields=summary`)).fields.summary;
  }

  private async ask<T>(method: string, path: string, data?: unknown): Promise<T> {
    const answer = await this.request.fetch(`${this.base}${path}`, { method, headers: this.headers, ...(data === undefined ? {} : { data }) });
    expect(answer, `${method} ${path}: ${await answer.text()}`).toBeOK();
    const text = await answer.text();
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }
}
