import { Component, useState, type ReactNode } from "react";
import { Client, failure } from "../api/client";
import { GroundContext } from "../api/context";
import type { Host } from "../host";
import { Failed } from "./Failed";

/** The ground that every page stands on; what breaks is shown and does not leave a white page. */
export function App({ host, children }: { host: Host; children: ReactNode }) {
  const [ground] = useState(() => ({ host, api: new Client(host) }));
  return (
    <Shield>
      <GroundContext.Provider value={ground}>{children}</GroundContext.Provider>
    </Shield>
  );
}

class Shield extends Component<{ children: ReactNode }, { broken: { why: unknown } | null }> {
  override state: { broken: { why: unknown } | null } = { broken: null };

  static getDerivedStateFromError(why: unknown) {
    return { broken: { why } };
  }

  override render() {
    if (this.state.broken === null) return this.props.children;
    // The address of a frame is signed for a few minutes only, so it is drawn anew and not loaded anew.
    const again = () => {
      this.setState({ broken: null });
    };
    return <Failed failure={failure(this.state.broken.why)} again={again} />;
  }
}
