/** What an error object says, as the server wrote it. */
export interface ErrorObject {
  readonly code: string;
  readonly description: string;
  /** v2 repeats the status in the object; v3 does not. */
  readonly statusCode: number | undefined;
}

/**
 * Reads the v2 envelope `{"@type":"error","code","description","statusCode"}` or the v3 envelope
 * `{"error":{"code","message"}}`; either may come from a call of the other version.
 * Any other object that has an `error` counts as one too; undefined for everything else.
 */
export function readErrorObject(json: unknown): ErrorObject | undefined {
  if (!isRecord(json)) return undefined;
  if (text(json['@type']).toLowerCase() === 'error') {
    return {
      code: text(json['code']),
      description: text(json['description']) || text(json['message']),
      statusCode: Number(text(json['statusCode'])) || undefined,
    };
  }
  const { error } = json;
  if (isRecord(error)) {
    return {
      code: text(error['code']),
      description: text(error['message']) || text(error['description']),
      statusCode: undefined,
    };
  }
  // Of no form that is known, but nothing that a server in good order says.
  return error
    ? { code: '', description: text(error) || text(json['message']), statusCode: undefined }
    : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
