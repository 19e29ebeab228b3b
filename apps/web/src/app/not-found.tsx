import { PageTitle } from "../ui/page-title.tsx";
import { Page } from "./_shared/page.tsx";
import styles from "./error-page.module.css";

export default function NotFound() {
  return (
    <Page>
      <PageTitle>There is nothing here</PageTitle>
      <div className={styles.trouble}>
        <h1>There is nothing here</h1>
        <p>The address is wrong, or what was here is gone.</p>
        <a className="button" href="/">
          Go to the home page
        </a>
      </div>
    </Page>
  );
}
