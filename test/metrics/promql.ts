/** What an expression of PromQL names. */
export interface Named {
  metrics: Set<string>
  labels: Set<string>
}

const TOKEN =
  /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\[[^\]]*\]|\d[\w.]*|[A-Za-z_:][\w:]*|[=!]~|[!=<>]=|[-+*/%^(){},<>=]|\s+/y

/** Words that a list of labels follows. */
const BEFORE_LABELS = ['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']
const WORDS = [...BEFORE_LABELS, 'and', 'or', 'unless', 'bool', 'offset', 'atan2', 'inf', 'nan']

/** @throws Error for a character that PromQL does not have, and for brackets that do not match */
export function namesIn(expression: string): Named {
  const tokens = tokensOf(expression)
  const named: Named = {metrics: new Set(), labels: new Set()}
  const open: string[] = []
  tokens.forEach((token, i) => {
    const [before, after] = [tokens[i - 1] ?? '', tokens[i + 1] ?? '']
    if (token === '{') open.push('{')
    else if (token === '(') open.push(BEFORE_LABELS.includes(before) ? 'labels' : '(')
    else if (token === '}' || token === ')') close(open, token, expression)
    else if (!/^[A-Za-z_:]/.test(token)) return
    else if (open.at(-1) === '{' || open.at(-1) === 'labels') named.labels.add(token)
    else if (after !== '(' && !WORDS.includes(token) && !isAggregation(token)) named.metrics.add(token)
  })
  if (open.length > 0) throw new Error(`not closed: ${expression}`)
  return named
}

/** `sum by (x) (…)`: the name of the function stands before the labels, and not before a parenthesis. */
function isAggregation(word: string): boolean {
  return ['sum', 'min', 'max', 'avg', 'count', 'stddev', 'stdvar', 'topk', 'bottomk', 'quantile'].includes(
    word,
  )
}

function close(open: string[], token: string, expression: string): void {
  const matching = token === '}' ? ['{'] : ['(', 'labels']
  if (!matching.includes(open.pop() ?? '')) throw new Error(`${token} closes nothing: ${expression}`)
}

function tokensOf(expression: string): string[] {
  const tokens: string[] = []
  for (let at = 0; at < expression.length; at += tokens.at(-1)?.length ?? 0) {
    TOKEN.lastIndex = at
    const [token] = TOKEN.exec(expression) ?? []
    if (token === undefined) throw new Error(`unexpected ${expression[at]} in ${expression}`)
    tokens.push(token)
  }
  return tokens.filter((token) => token.trim() !== '')
}
