import {Type} from 'typebox'
import type {Server} from '../server.ts'

/** The description of all routes, made of the shapes that check the requests. */
export function addOpenApi({app}: Server): void {
  const response = {
    200: Type.Object({openapi: Type.String(), paths: Type.Record(Type.String(), Type.Object({}))}),
  }
  const schema = {summary: 'This description, in OpenAPI 3.1.', tags: ['server'], response}
  app.get('/openapi.json', {schema}, async () => app.swagger())
}
