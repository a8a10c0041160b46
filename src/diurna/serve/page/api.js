// Questions to the service that serves this page. Answers are kept by the browser and asked for again by ETag.

export class Trouble extends Error {
  constructor(code, message, where, status) {
    super(message);
    Object.assign(this, { code, where, status });
  }
}

/** When the record was read that the last answer comes from; null where no answer said so. */
export const seen = { asOf: null };

const KEY = "diurna-key";
export const heldKey = () => sessionStorage.getItem(KEY);
export const holdKey = (key) => (key ? sessionStorage.setItem(KEY, key) : sessionStorage.removeItem(KEY));

async function call(path, options) {
  const headers = { ...(options.headers ?? {}) };
  if (heldKey()) headers.Authorization = `Bearer ${heldKey()}`;
  let answer;
  try {
    answer = await fetch(path, { ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Trouble("offline", "the service does not answer; is it still running?", path, 0);
  }
  let facts = null;
  try {
    facts = await answer.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
  }
  if (!answer.ok || facts === null) throw new Trouble(facts?.code ?? `HTTP ${answer.status}`, facts?.message ?? "the answer cannot be read", facts?.where, answer.status);
  if (facts.as_of && path !== "/health" && path !== "/api/v1/") seen.asOf = facts.as_of;
  return facts;
}

/** Ask for a view: get("events", {dyad: "RUS-UKR"}, signal). */
export function get(view, query, signal) {
  const words = query instanceof URLSearchParams ? query : params(query);
  const text = words.toString();
  return call(view.startsWith("/") ? view : `/api/v1/${view}${text ? `?${text}` : ""}`, { signal });
}

/** Send something. */
export function post(view, body, signal) {
  return call(`/api/v1/${view}`, { method: "POST", signal, body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
}

/** Make a query string's parts out of what is set. */
export function params(facts) {
  const found = new URLSearchParams();
  for (const [name, value] of Object.entries(facts ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== null && one !== undefined && one !== "" && one !== false) found.append(name, String(one));
  }
  return found;
}

/** Turn the address of an answer into the page's own view of it. */
export const pageOf = (apiAddress) => apiAddress.replace(/^\/api\/v1/, "");
