/** Both forms of a job's id: the one with a prefix, and the bare UUID. */

const DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
const PREFIX = "job_";
/** 26 digits of five bits hold 130; the first digit of 128 is at most 7. */
const TYPE_ID = new RegExp(`^${PREFIX}[0-7][${DIGITS}]{25}$`);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Whether a text is the id of a job, in either form.
 *
 * @param {string} text
 */
export function isJobId(text) {
  return TYPE_ID.test(text) || UUID.test(text);
}

/**
 * Write the UUID of an id.
 *
 * @param {string} id `job_…`
 */
export function uuidOf(id) {
  let bits = 0n;
  for (const digit of id.slice(PREFIX.length)) {
    bits = (bits << 5n) | BigInt(DIGITS.indexOf(digit));
  }
  const hex = bits.toString(16).padStart(32, "0");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/**
 * Write an id in the form that the server answers with.
 *
 * @param {string} id In either form.
 */
export function jobIdOf(id) {
  if (!UUID.test(id)) return id;
  let bits = BigInt(`0x${id.replaceAll("-", "")}`);
  let digits = "";
  for (let place = 0; place < 26; place += 1) {
    digits = DIGITS[Number(bits & 31n)] + digits;
    bits >>= 5n;
  }
  return PREFIX + digits;
}
