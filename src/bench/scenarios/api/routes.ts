/** What is asked of the server: its health, figures of all queues, and to take records. */
export const ROUTES = {
  health: () => '/health',
  admin: () => '/admin/queue/stats',
  ingest: (queue: string) => `/queue/${queue}/items`,
}

export type RouteName = keyof typeof ROUTES
