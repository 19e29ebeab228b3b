import type { ReactNode } from "react";
import { monoFont } from "../../format/mono-font.ts";
import type { PageData } from "../../server/page-data.ts";
import { BackForwardGuard } from "../../ui/back-forward-guard.tsx";
import { PageTitle } from "../../ui/page-title.tsx";
import { Notice } from "../_shared/notice.tsx";
import { UserPage } from "../_shared/user-page.tsx";
import styles from "./account-page.module.css";
import { newsFrom } from "./news.ts";

/** The pages of the account, in the order of its navigation. */
const pages = [
  { name: "Profile", href: "/account" },
  { name: "Security", href: "/account/security" },
  { name: "Sessions", href: "/account/sessions" },
  { name: "Activity", href: "/account/activity" },
] as const;

type PageName = (typeof pages)[number]["name"];

interface AccountPageProps {
  children: ReactNode;
  data: PageData;
  name: PageName;
  /** The heading, where it is not the name of the page. */
  heading?: ReactNode;
  /** What the user has just done on another page, by the word that it left in the address. */
  from: string | string[] | undefined;
  aside?: ReactNode;
  /** What an older address of the account named: the same place on another page now. */
  formerParts?: Partial<Record<PageName, readonly string[]>>;
}

/** The frame of the account's pages: their navigation, a column beside the text on a wide screen and a row above it on a phone. */
export function AccountPage({ children, data, name, heading = name, from, aside, formerParts = {} }: AccountPageProps) {
  const said = newsFrom(from);
  return (
    <UserPage data={data} place="account">
      <PageTitle>{name}</PageTitle>
      <BackForwardGuard />
      <div className={`${styles.frame} ${monoFont.variable}`}>
        <nav className={styles.pages} aria-label="Account">
          {pages.map((page) => (
            <a key={page.href} href={page.href} aria-current={page.name === name ? "page" : undefined}>
              {page.name}
              {formerParts[page.name]?.map((id) => (
                <span key={id} id={id} />
              ))}
            </a>
          ))}
        </nav>
        <div className={styles.content}>
          <div>
            <h1>{heading}</h1>
            {said && <Notice arrived>{said}</Notice>}
            {children}
          </div>
          {aside && <aside>{aside}</aside>}
        </div>
      </div>
    </UserPage>
  );
}
