/** Strings, signs, and everything else between them and the white space. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g

/** JSON with a line for each value. Every token stays as it is written, so no digit is lost. @returns undefined if it is not JSON */
export function prettyJson(text: string): string | undefined {
  if (jsonFault(text) !== undefined) return undefined
  const tokens = text.match(TOKENS) ?? []
  const lines: string[] = []
  let line = ''
  let depth = 0
  const end = () => {
    lines.push(line)
    line = '  '.repeat(depth)
  }
  for (const [i, token] of tokens.entries()) {
    const isEmpty = /[{[]/.test(tokens[i - 1] ?? '') && /^[}\]]$/.test(token)
    if (/^[}\]]$/.test(token)) {
      depth--
      if (!isEmpty) end()
    }
    line += token === ':' ? ': ' : token
    if (/^[{[]$/.test(token)) {
      depth++
      if (!/^[}\]]$/.test(tokens[i + 1] ?? '')) end()
    }
    if (token === ',') end()
  }
  return [...lines, line].join('\n')
}

/** Why a text is not JSON, in the words of the browser; undefined if it is. */
export function jsonFault(text: string): string | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
