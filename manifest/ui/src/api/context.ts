import { createContext, useContext } from "react";
import type { Host } from "../host";
import type { Client } from "./client";

/** What every screen stands on. */
export interface Ground {
  host: Host;
  api: Client;
}

export const GroundContext = createContext<Ground | null>(null);

export function useGround(): Ground {
  const ground = useContext(GroundContext);
  if (ground === null) throw new Error("outside of the page");
  return ground;
}

export function useApi(): Client {
  return useGround().api;
}
