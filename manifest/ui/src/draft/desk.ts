import { Failure, failure } from "../api/client";
import type { DraftRow } from "../api/rows";
import type { Config } from "../core/generated";

/** Where a draft is kept. `save` fails with `moved` where somebody else saved since `version`. */
export interface Shelf {
  load(): Promise<DraftRow>;
  save(version: number, config: Config): Promise<DraftRow>;
}

/** How the draft on the desk stands to the one that is kept. */
export type Saving =
  | { is: "saved" }
  | { is: "unsaved" }
  | { is: "saving" }
  | { is: "failed"; why: Failure }
  /** Somebody else saved meanwhile; nothing is overwritten until a person has chosen. */
  | { is: "moved"; theirs: DraftRow };

export interface Standing {
  config: Config;
  /** Of the draft that is kept; 0 when there is none and this is what is published. */
  version: number;
  at: number | null;
  saving: Saving;
  /** Somebody else saved, and it was taken because nothing of ours was unsaved. */
  taken: boolean;
}

/** Typing is saved when it rests this long. */
const REST_MS = 600;

/**
 * One draft being edited. What is typed stays on the desk until it is kept, whatever fails; what others keep is
 * never overwritten unasked.
 */
export class Desk {
  private standing: Standing;
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private flight: Promise<void> | undefined;

  constructor(
    private readonly shelf: Shelf,
    loaded: DraftRow,
    private readonly restMs = REST_MS,
  ) {
    this.standing = kept(loaded);
  }

  readonly listen = (changed: () => void): (() => void) => {
    this.listeners.add(changed);
    return () => this.listeners.delete(changed);
  };

  readonly now = (): Standing => this.standing;

  edit(change: (config: Config) => Config): void {
    const config = change(this.standing.config);
    if (config === this.standing.config) return;
    const { saving } = this.standing;
    this.put({ config, taken: false, saving: saving.is === "moved" || saving.is === "saving" ? saving : { is: "unsaved" } });
    clearTimeout(this.timer);
    if (saving.is !== "moved") this.timer = setTimeout(() => void this.flush().catch(() => undefined), this.restMs);
  }

  /** Returns once all is kept; fails with the reason why it is not. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    const { saving } = this.standing;
    if (saving.is === "saved") return Promise.resolve();
    if (saving.is === "moved") return Promise.reject(moved());
    this.flight ??= this.save().finally(() => (this.flight = undefined));
    return this.flight;
  }

  /** Looks whether somebody else saved, and takes it where nothing of ours is unsaved. */
  async look(): Promise<void> {
    const { version } = this.standing;
    const theirs = await this.shelf.load();
    const mine = this.standing;
    if (mine.saving.is === "saved" && mine.version === version && theirs.version !== version) {
      this.put({ ...kept(theirs), taken: true });
    }
  }

  /** Lays what is kept on the desk: after a publish, an import, or a choice for theirs. */
  take(row: DraftRow): void {
    clearTimeout(this.timer);
    this.put(kept(row));
  }

  /** Saves what is on the desk over what somebody else saved. */
  keepMine(): Promise<void> {
    const { saving } = this.standing;
    if (saving.is === "moved") this.put({ version: saving.theirs.version, saving: { is: "unsaved" } });
    return this.flush();
  }

  private async save(): Promise<void> {
    for (;;) {
      const { config, version } = this.standing;
      this.put({ saving: { is: "saving" } });
      try {
        const { version: next, at } = await this.shelf.save(version, config);
        this.put({ version: next, at });
      } catch (error) {
        await this.stumble(failure(error));
        throw error;
      }
      if (this.standing.config === config) break;
    }
    this.put({ saving: { is: "saved" } });
  }

  private async stumble(why: Failure): Promise<void> {
    try {
      this.put({ saving: why.code === "moved" ? { is: "moved", theirs: await this.shelf.load() } : { is: "failed", why } });
    } catch (error) {
      this.put({ saving: { is: "failed", why: failure(error) } });
    }
  }

  private put(part: Partial<Standing>): void {
    this.standing = { ...this.standing, ...part };
    for (const changed of this.listeners) changed();
  }
}

function kept(row: DraftRow): Standing {
  return { config: row.config, version: row.version, at: row.at, saving: { is: "saved" }, taken: false };
}

function moved(): Failure {
  return new Failure("moved", "Somebody else changed this draft.", "Choose whose draft goes on, above.");
}
