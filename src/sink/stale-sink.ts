/** The table has changed since the catalog was read: read it again, and write the lease again. */
export class StaleSinkError extends Error {}
