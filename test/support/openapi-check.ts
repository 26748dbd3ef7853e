import {Ajv2020 as Ajv, type ValidateFunction} from 'ajv/dist/2020.js'

interface Document {
  paths: Record<
    string,
    Record<string, {responses?: Record<string, {content?: Record<string, {schema: object}>}>}>
  >
}

/** Checks answers against the document that the server itself publishes, with a checker that shares no code with it. */
export class OpenApiCheck {
  readonly #document: Document
  readonly #ajv = new Ajv({strict: false, allErrors: true})
  readonly #compiled = new Map<object, ValidateFunction>()

  constructor(document: Document) {
    this.#document = document
  }

  /** What is wrong with an answer; undefined if nothing is, or if the route is not described. */
  faultOf(method: string, path: string, status: number, body: unknown): string | undefined {
    const [bare] = path.split('?')
    const found = Object.keys(this.#document.paths).find((template) => matcherOf(template).test(bare))
    const operation = found && this.#document.paths[found][method.toLowerCase()]
    if (!operation || status >= 400) return undefined
    const content = operation.responses?.[status]?.content
    if (content?.['text/plain']) return undefined
    const schema = content?.['application/json']?.schema
    if (!schema) return `${method} ${found} answers ${status}, which is not described`
    const known = this.#compiled.get(schema)
    const check = known ?? this.#ajv.compile(schema)
    this.#compiled.set(schema, check)
    if (check(body)) return undefined
    return `${method} ${found}: ${this.#ajv.errorsText(check.errors)}`
  }
}

function matcherOf(template: string): RegExp {
  return new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`)
}
