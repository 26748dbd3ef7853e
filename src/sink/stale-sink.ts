/** The table is not what it was when the catalog was read: it has to be read again, and the lease written anew. */
export class StaleSinkError extends Error {}
