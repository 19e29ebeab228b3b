import { Alone } from "./layout.tsx";
import { PageTitle } from "./page-title.tsx";

interface DownloadProps {
  title: string;
  /** What is downloaded. A browser starts it by itself, unless it was rejected a moment ago. */
  href: string;
  rejected: string | string[] | undefined;
  label: string;
  back: { href: string; label: string };
}

/** Where a browser arrives that was rejected a download, or came to one through the login page: it starts from here. */
export function Download({ title, href, rejected, label, back }: DownloadProps) {
  return (
    <Alone>
      <PageTitle>{title}</PageTitle>
      {rejected === undefined && <meta httpEquiv="refresh" content={`0;url=${href}`} />}
      <h1>
        <bdi>{title}</bdi>
      </h1>
      <p>
        {rejected === undefined
          ? "The download starts by itself. If it does not, start it here."
          : "The download failed. Nothing is lost. Try again in a moment."}
      </p>
      <p>
        <a className="button" href={href}>
          {label}
        </a>
      </p>
      <p>
        <a className="reach" href={back.href}>
          {back.label}
        </a>
      </p>
    </Alone>
  );
}
