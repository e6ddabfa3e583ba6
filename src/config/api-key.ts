/** SHA-256 of no bytes: what a shell makes of a variable that was not set. */
const OF_NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** A named key that lets a caller in. The key itself is nowhere in the service, only its digest. */
export class ApiKey {
  private constructor(
    readonly name: string,
    /** Whether it may do more than look. */
    readonly mayWrite: boolean,
    readonly sha256: Buffer,
  ) {}

  /** Out of `name:sha256` or `name:scope:sha256`; undefined if it is neither. */
  static parse(entry: string): ApiKey | undefined {
    const match = /^([\w-]{1,32}):(?:(read|write):)?([\da-f]{64})$/i.exec(entry);
    if (!match?.[1] || !match[3] || match[3].toLowerCase() === OF_NOTHING) return undefined;
    return new ApiKey(match[1], match[2]?.toLowerCase() !== 'read', Buffer.from(match[3], 'hex'));
  }
}
