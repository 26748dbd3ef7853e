import {type CliResult, cli} from '../support/cli.ts'
import {fieldsOf} from './json-fields.ts'

// biome-ignore lint/suspicious/noExplicitAny: any command's answer
type Json = any

interface RunOptions {
  input?: string
  env?: NodeJS.ProcessEnv
}

/** Runs command lines, and writes down which fields they answer with. */
export class Transcript {
  readonly #env: NodeJS.ProcessEnv
  /** What differs from run to run → what stands for it. */
  readonly #names = new Map<string, string>()
  readonly #entries: string[] = []

  /** @param names what differs from run to run, such as a folder → what stands for it in the text */
  constructor(env: NodeJS.ProcessEnv, names: Record<string, string>) {
    this.#env = env
    for (const [value, name] of Object.entries(names)) this.name(value, name)
  }

  /** From here on `name` stands for a value that no other run has, such as an id. */
  name(value: string, name: string): void {
    this.#names.set(value, name)
  }

  /** Runs a command line with --json to its end. @returns the answer */
  readonly run = async (words: string[], {input, env = {}}: RunOptions = {}): Promise<Json> => {
    const result = await cli([...words, '--json'], {env: {...this.#env, ...env}, input})
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value} `)
    return this.add(words, result, variables.join(''))
  }

  /** Writes down what a command line that was run with --json ended with. @returns the answer */
  add(words: string[], {code, stdout}: CliResult, variables = ''): Json {
    const line = words.map((word) => this.#stable(word)).join(' ')
    const answer = JSON.parse(stdout)
    this.#entries.push(`${variables}qtool ${line}  exit=${code}\n${describeFields(answer)}`)
    return answer
  }

  /** Each line with its exit code and the fields of its answer, in the order in which they ran. */
  text(): string {
    return this.#entries.join('\n')
  }

  #stable(word: string): string {
    const text = [...this.#names].reduce((rest, [value, name]) => rest.replaceAll(value, name), word)
    return text === '' ? "''" : text
  }
}

/** One field a line, with its types; of an error the code as well, since scripts rely on it. */
function describeFields(answer: Json): string {
  const lines = [...fieldsOf(answer)].map(([path, types]) => {
    const value = path === 'error.code' ? ` ${answer.error.code}` : ''
    return `  ${path}: ${[...types].sort().join(' | ')}${value}\n`
  })
  return lines.sort().join('')
}
