/** Stands in for the client of Atlassian's experiments, which Atlaskit asks: the page takes part in none. */
export default { checkGate: () => false };
