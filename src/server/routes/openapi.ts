import type {Server} from '../server.ts'

/** The description of all routes, made of the shapes that check the requests. */
export function addOpenApi({app}: Server): void {
  const schema = {summary: 'This description, in OpenAPI 3.1.', tags: ['server']}
  app.get('/openapi.json', {schema}, async () => app.swagger())
}
