/** Thrown at start when a setting cannot be right. The message names the setting, never its value. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}
