import type { CredentialOutput } from "@watchword/auth/trpc";
import { credentialName } from "../../messages/login-methods.ts";
import { LocalTime } from "../../ui/local-time.tsx";
import list from "./sessions/session-list.module.css";

interface WaysInProps {
  /** Undefined where the server was too busy to list them. */
  credentials: readonly CredentialOutput[] | undefined;
  /** The server's time, ISO 8601. */
  now: string;
}

/** What a user logs in with. */
export function WaysIn({ credentials, now }: WaysInProps) {
  if (!credentials) return <p className="soft">The list cannot be shown now. Load the page again.</p>;
  if (credentials.length === 0) return <p className="soft">None.</p>;
  return (
    <ul className={list.list}>
      {credentials.map((credential) => (
        <li key={`${credential.kind} ${credential.createdAt} ${credential.label}`}>
          <div>
            <p className={list.device}>
              <bdi>{credentialName(credential)}</bdi>
            </p>
            <p className={list.facts}>
              <span>
                last used{" "}
                {credential.lastUsedAt === null ? (
                  <span>never</span>
                ) : (
                  <LocalTime at={credential.lastUsedAt} now={now} />
                )}
                , added <LocalTime at={credential.createdAt} now={now} />
              </span>
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}
