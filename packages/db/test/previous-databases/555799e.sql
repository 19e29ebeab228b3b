-- Made by this version's own code: see previous-database.ts. Secrets are of tests alone.
CREATE TABLE "__drizzle_migrations" (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric);
CREATE TABLE `files` ( `id` text PRIMARY KEY NOT NULL, `user_id` text NOT NULL, `name` text NOT NULL, `content_type` text NOT NULL, `size_bytes` integer NOT NULL, `state` text NOT NULL, `created_at` integer NOT NULL, `removed_at` integer, FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade );
CREATE TABLE `sessions` ( `id` text PRIMARY KEY NOT NULL, `user_id` text NOT NULL, `delivery` text NOT NULL, `remember_me` integer NOT NULL, `family_hash` blob NOT NULL, `generation` integer NOT NULL, `next_hash` blob NOT NULL, `last_used_hash` blob, `salt` blob NOT NULL, `rotated_at` integer NOT NULL, `created_at` integer NOT NULL, `authenticated_at` integer NOT NULL, `expires_at` integer NOT NULL, `credential_version` integer NOT NULL, `revoked_at` integer, `revoked_reason` text, `user_agent` text, `ip_address` text, `last_seen_at` integer NOT NULL, FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade );
CREATE TABLE `users` ( `id` text PRIMARY KEY NOT NULL, `username` text NOT NULL, `username_key` text NOT NULL, `email` text NOT NULL, `email_key` text NOT NULL, `name` text NOT NULL, `password_hash` text NOT NULL, `created_at` integer NOT NULL, `disabled_at` integer, `credential_version` integer NOT NULL , `role` text DEFAULT 'user' NOT NULL, `claims_version` integer DEFAULT 1 NOT NULL, `username_skeleton` text, `email_verified_at` integer);
CREATE TABLE `changes` ( `seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL, `user_id` text NOT NULL, `kind` text NOT NULL, `subject_id` text NOT NULL, `created_at` integer NOT NULL, FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade );
CREATE TABLE `key_ring` ( `id` integer PRIMARY KEY NOT NULL, `version` integer NOT NULL );
CREATE TABLE `signing_keys` ( `seq` integer PRIMARY KEY NOT NULL, `kid` text NOT NULL, `algorithm` text NOT NULL, `public_jwk` text NOT NULL, `sealed_private_key` blob NOT NULL, `created_at` integer NOT NULL, `signs_from` integer NOT NULL, `signs_until` integer NOT NULL, `verifies_until` integer NOT NULL, `revoked_at` integer );
CREATE TABLE `timeline` ( `seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL, `at` integer NOT NULL, `event` text NOT NULL, `outcome` text NOT NULL, `user_id` text NOT NULL, `session_id` text, `actor_id` text, `detail` text, `user_agent` text, `ip_address` text );
CREATE TABLE `attempts` ( `key` text PRIMARY KEY NOT NULL, `points` integer DEFAULT 0 NOT NULL, `expire` integer );
CREATE TABLE `mail_links` ( `user_id` text NOT NULL, `kind` text NOT NULL, `secret_hash` blob NOT NULL, `email_key` text NOT NULL, `credential_version` integer NOT NULL, `new_email` text, `new_email_key` text, `expires_at` integer NOT NULL, PRIMARY KEY(`user_id`, `kind`), FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade );
CREATE TABLE `outbox` ( `id` text PRIMARY KEY NOT NULL, `kind` text NOT NULL, `user_id` text, `address` text, `address_key` text, `ordered_at` integer NOT NULL, `user_agent` text, `ip_address` text, `attempts` integer NOT NULL, `due_at` integer );
CREATE TABLE `registration_links` ( `email_key` text PRIMARY KEY NOT NULL, `email` text NOT NULL, `secret_hash` blob NOT NULL, `expires_at` integer NOT NULL );
INSERT INTO "__drizzle_migrations" VALUES (NULL, 'bc8b376ed5802adaacb7bef60e43db21ffdfce9c41753e10171428bd8bec6d40', 1795393988408);
INSERT INTO "__drizzle_migrations" VALUES (NULL, '95ce33a3a852229e8a0e9e903e7b1de1e0aa84f0f77ca96cfd31427ca7075fab', 1795570613954);
INSERT INTO "__drizzle_migrations" VALUES (NULL, '988d4150cb828c1ac77f67939d20adaff0442d335246cbeab620bd662bcd71a0', 1795570616336);
INSERT INTO "__drizzle_migrations" VALUES (NULL, '07a4c7d22ce41f1646817eb147c693f15d8907cb6fe0e74f504f2c7165f38954', 1795582556211);
INSERT INTO "__drizzle_migrations" VALUES (NULL, '1580e886e3e4e28c1b04417848cd595677149f1692fbcb2f1146466c873d9f12', 1795582561922);
INSERT INTO "__drizzle_migrations" VALUES (NULL, 'e5cfc4a0b030816317d86f7517860deff56617fd22cc7d1ff8b8749b35d949f3', 1795607757209);
INSERT INTO "__drizzle_migrations" VALUES (NULL, '93f1140d62938446cc35b77e6645d3264c43a386d548b9574f16e017503e0f16', 1795620601896);
INSERT INTO "__drizzle_migrations" VALUES (NULL, '06f86d07bc886b7bf77f5995caeab1dad104390109c39658b50914c680d35df3', 1795623170385);
INSERT INTO "__drizzle_migrations" VALUES (NULL, 'c47ffdd8ffe05fd8c3bc85b16a3cdc72091ae652899309489329ebdad098ab4f', 1795623923411);
INSERT INTO "__drizzle_migrations" VALUES (NULL, '76e7b3a4a372ea3ff4e2ebea40e97906244cfb0a65f34ce63a91dd9b3143ba5e', 1795827035097);
INSERT INTO "files" VALUES ('00000000-0000-7000-8000-000000000001', '019b76da-a800-7b04-bd21-0f472afcab05', 'notes.txt', 'text/plain', 5, 'ready', 1767225600000, NULL);
INSERT INTO "sessions" VALUES ('019b76da-a800-7b15-9895-e70177c288c5', '019b76da-a800-7b04-bd21-0f472afcab05', 'body', 1, X'2E299F4179F238265939EBC9A0F6DBEB141C2845039512617BDCDC79F55F9739', 1, X'C4236FF6C823B43D5C09A80197624F1870134A95D022DFFA50EE3A1F0C90AB5D', X'B9F91A748DFAE51E4F033987018B23C3B376E23CA466E2C6C249C5776D56B56F', X'2A3BBA11FB5CAC73455B5894AEE5F9B7', 1767225660000, 1767225600000, 1767225600000, 1769817600000, 1, NULL, NULL, 'curl/8.5.0', '192.0.2.7', 1767225660000);
INSERT INTO "sessions" VALUES ('019b76db-9260-72de-9fec-77eb7eee2fb4', '019b76da-a800-7b04-bd21-0f472afcab05', 'body', 1, X'A2624EBA6DEF275A188A0C07FC3442802A25CA1DA9EC25A67C62A30E6350D8AA', 0, X'8E0E1455BF0CF9877FBE69AA270F5B1A1EF712F9994C83BF8CF56B5456FD643B', NULL, X'DFC8E82C3CFD4B7996BE883CCEABC084', 1767225660000, 1767225660000, 1767225660000, 1769817660000, 1, 1767225660000, 'logout', 'curl/8.5.0', '192.0.2.7', 1767225660000);
INSERT INTO "sessions" VALUES ('019b76db-9260-7069-bd18-1335118a4305', '019b76db-9260-7224-b33f-b9879d020c0a', 'body', 1, X'5A1D378B91A4AD8FC4BFD2CAE0A5097F4E7C0480F1CE2FF2268CB314D145C6D0', 0, X'ACFB4758208F4977424A12EC9A4872DB48CDFAA1AB92ECD386B36A60D77FB837', NULL, X'1F9A68B46994A219A9BA4C8A6FA5CB6A', 1767225660000, 1767225660000, 1767225660000, 1769817660000, 1, 1767225660000, 'account_disabled', 'curl/8.5.0', '192.0.2.7', 1767225660000);
INSERT INTO "sessions" VALUES ('019b76db-9260-7fc7-bcda-b7f5b18f47f2', '019b76db-9260-74b8-bab6-ffec60d061d5', 'body', 1, X'6C6F2876B3697C19DBA3AC4E55EC5A6E16C39D352BD3A22DBE1B78BE890F3AAD', 0, X'8FFFD6942440C8D4B56C7E87A286613D23C5355652C3925E6A03EE4D0AB87CA2', NULL, X'F8A7A77320FA1D713A8D6148E2CD5599', 1767225660000, 1767225660000, 1767225660000, 1769817660000, 1, NULL, NULL, 'curl/8.5.0', '192.0.2.7', 1767225660000);
INSERT INTO "sessions" VALUES ('019b76db-9260-7475-97c5-e185c171b091', '019b76db-9260-7a74-b19f-cd73b0962564', 'body', 1, X'644D3390A2BB88591695E769BE9B2D915E0FFB99BFDF5A6623BBB27ABED4682F', 0, X'063DB649300FE9A7C1CB586541DFEC907B2F6223F76D7BE898A2DCCAB413AB14', NULL, X'CCE3383C12DFB239F3CC4AB53FB14B48', 1767225660000, 1767225660000, 1767225660000, 1769817660000, 2, NULL, NULL, 'curl/8.5.0', '192.0.2.7', 1767225660000);
INSERT INTO "users" VALUES ('019b76da-a800-7b04-bd21-0f472afcab05', 'ada', 'ada', 'ada@example.com', 'ada@example.com', 'Ada Lovelace', 'ww1.hmac-sha384.none.$2b$06$yUcQ3HTWovLLvPry0v0XQeeXkFBaxONwN6jSklEYHZfMKyx6mg5sq', 1767225600000, NULL, 1, 'user', 1, 'ada', NULL);
INSERT INTO "users" VALUES ('019b76db-9260-7224-b33f-b9879d020c0a', 'bob', 'bob', 'bob@example.com', 'bob@example.com', 'Bob', 'ww1.hmac-sha384.none.$2b$06$XQw1QQ4p2QRFhMucaB0ZaOyNpk/PbnBGUv2Pp9z30puxZawQ4X18a', 1767225660000, 1767225660000, 1, 'user', 1, 'bob', NULL);
INSERT INTO "users" VALUES ('019b76db-9260-74b8-bab6-ffec60d061d5', 'grace', 'grace', 'grace@example.com', 'grace@example.com', 'Grace Hopper', 'ww1.hmac-sha384.none.$2b$06$KjVKxBCda1Dyec5qAfxskOdiGRm/jdOx5yOyNucQAvszgvZt1Oe4i', 1767225660000, NULL, 1, 'admin', 2, 'grace', NULL);
INSERT INTO "users" VALUES ('019b76db-9260-7a74-b19f-cd73b0962564', 'carol', 'carol', 'carol@example.com', 'carol@example.com', 'Carol', 'ww1.hmac-sha384.none.$2b$06$yhx5mc37OF0WPs7dX.4ACOAncWxPRBUE8vx3GryGQw/dTnaz0RSxi', 1767225660000, NULL, 2, 'user', 1, 'carol', NULL);
INSERT INTO "changes" VALUES (1, '019b76da-a800-7b04-bd21-0f472afcab05', 'session_started', '019b76da-a800-7b15-9895-e70177c288c5', 1767225600000);
INSERT INTO "changes" VALUES (2, '019b76da-a800-7b04-bd21-0f472afcab05', 'session_started', '019b76db-9260-72de-9fec-77eb7eee2fb4', 1767225660000);
INSERT INTO "changes" VALUES (3, '019b76da-a800-7b04-bd21-0f472afcab05', 'session_ended', '019b76db-9260-72de-9fec-77eb7eee2fb4', 1767225660000);
INSERT INTO "changes" VALUES (4, '019b76db-9260-7224-b33f-b9879d020c0a', 'session_started', '019b76db-9260-7069-bd18-1335118a4305', 1767225660000);
INSERT INTO "changes" VALUES (5, '019b76db-9260-7224-b33f-b9879d020c0a', 'session_ended', '019b76db-9260-7069-bd18-1335118a4305', 1767225660000);
INSERT INTO "changes" VALUES (6, '019b76db-9260-74b8-bab6-ffec60d061d5', 'session_started', '019b76db-9260-7fc7-bcda-b7f5b18f47f2', 1767225660000);
INSERT INTO "changes" VALUES (7, '019b76db-9260-7a74-b19f-cd73b0962564', 'session_started', '019b76db-9260-7475-97c5-e185c171b091', 1767225660000);
INSERT INTO "key_ring" VALUES (1, 1);
INSERT INTO "signing_keys" VALUES (1, 'Yu5zaTNcSmeGv2ez0Xo5SaV2KmvePYgNxESOhra609M', 'EdDSA', '{"kty":"OKP","crv":"Ed25519","x":"sKi1Mj9SaOdv8k_W_nEBseHn4k9DD4cGLe0hoxXcDR4"}', X'4B8F81B99165DEC679D8B628C2810AD6E76B4EE57D9752B1E1BE5596C184DB0864089C8AC88090F460B33F6307A52A4CFA1AE6F1460AE3685F475C7F', 1767225600000, 1767225600000, 1775001600000, 1775002560000, NULL);
INSERT INTO "timeline" VALUES (1, 1767225600000, 'session_created', 'success', '019b76da-a800-7b04-bd21-0f472afcab05', '019b76da-a800-7b15-9895-e70177c288c5', NULL, NULL, 'curl/8.5.0', '192.0.2.7');
INSERT INTO "timeline" VALUES (2, 1767225600000, 'user_created', 'success', '019b76da-a800-7b04-bd21-0f472afcab05', '019b76da-a800-7b15-9895-e70177c288c5', NULL, NULL, 'curl/8.5.0', '192.0.2.7');
INSERT INTO "timeline" VALUES (3, 1767225600000, 'authn_token_created', 'success', '019b76da-a800-7b04-bd21-0f472afcab05', NULL, NULL, 'verify_email', 'curl/8.5.0', '192.0.2.7');
INSERT INTO "timeline" VALUES (4, 1767225660000, 'session_created', 'success', '019b76da-a800-7b04-bd21-0f472afcab05', '019b76db-9260-72de-9fec-77eb7eee2fb4', NULL, NULL, 'curl/8.5.0', '192.0.2.7');
INSERT INTO "timeline" VALUES (5, 1767225660000, 'authn_login_success', 'success', '019b76da-a800-7b04-bd21-0f472afcab05', '019b76db-9260-72de-9fec-77eb7eee2fb4', NULL, NULL, 'curl/8.5.0', '192.0.2.7');
INSERT INTO "timeline" VALUES (6, 1767225660000, 'session_expired', 'success', '019b76da-a800-7b04-bd21-0f472afcab05', '019b76db-9260-72de-9fec-77eb7eee2fb4', NULL, 'logout', NULL, NULL);
INSERT INTO "timeline" VALUES (7, 1767225660000, 'session_created', 'success', '019b76db-9260-7224-b33f-b9879d020c0a', '019b76db-9260-7069-bd18-1335118a4305', NULL, NULL, 'curl/8.5.0', '192.0.2.7');
INSERT INTO "timeline" VALUES (8, 1767225660000, 'user_created', 'success', '019b76db-9260-7224-b33f-b9879d020c0a', '019b76db-9260-7069-bd18-1335118a4305', NULL, NULL, 'curl/8.5.0', '192.0.2.7');
INSERT INTO "timeline" VALUES (9, 1767225660000, 'session_expired', 'success', '019b76db-9260-7224-b33f-b9879d020c0a', '019b76db-9260-7069-bd18-1335118a4305', NULL, 'account_disabled', NULL, NULL);
INSERT INTO "timeline" VALUES (10, 1767225660000, 'user_updated', 'success', '019b76db-9260-7224-b33f-b9879d020c0a', NULL, NULL, 'disabled', NULL, NULL);
INSERT INTO "timeline" VALUES (11, 1767225660000, 'session_created', 'success', '019b76db-9260-74b8-bab6-ffec60d061d5', '019b76db-9260-7fc7-bcda-b7f5b18f47f2', NULL, NULL, 'curl/8.5.0', '192.0.2.7');
INSERT INTO "timeline" VALUES (12, 1767225660000, 'user_created', 'success', '019b76db-9260-74b8-bab6-ffec60d061d5', '019b76db-9260-7fc7-bcda-b7f5b18f47f2', NULL, NULL, 'curl/8.5.0', '192.0.2.7');
INSERT INTO "timeline" VALUES (13, 1767225660000, 'authz_change', 'success', '019b76db-9260-74b8-bab6-ffec60d061d5', NULL, NULL, 'admin', NULL, NULL);
INSERT INTO "timeline" VALUES (14, 1767225660000, 'session_created', 'success', '019b76db-9260-7a74-b19f-cd73b0962564', '019b76db-9260-7475-97c5-e185c171b091', NULL, NULL, 'curl/8.5.0', '192.0.2.7');
INSERT INTO "timeline" VALUES (15, 1767225660000, 'user_created', 'success', '019b76db-9260-7a74-b19f-cd73b0962564', '019b76db-9260-7475-97c5-e185c171b091', NULL, NULL, 'curl/8.5.0', '192.0.2.7');
INSERT INTO "timeline" VALUES (16, 1767225660000, 'authn_password_change', 'success', '019b76db-9260-7a74-b19f-cd73b0962564', '019b76db-9260-7475-97c5-e185c171b091', NULL, NULL, NULL, NULL);
INSERT INTO "mail_links" VALUES ('019b76da-a800-7b04-bd21-0f472afcab05', 'verify_email', X'C6F47656E388CD087A408D8BE99D2F83094BCDC0E380A63E716372339A245D2A', 'ada@example.com', 1, NULL, NULL, 1767312000000);
INSERT INTO "outbox" VALUES ('019b76da-a800-7066-83e5-5c8abedc9989', 'verify_email', '019b76da-a800-7b04-bd21-0f472afcab05', NULL, 'ada@example.com', 1767225600000, 'curl/8.5.0', '192.0.2.7', 1, NULL);
INSERT INTO "outbox" VALUES ('019b76db-9260-7543-a3dd-a7c85ca69912', 'verify_email', '019b76db-9260-7224-b33f-b9879d020c0a', NULL, 'bob@example.com', 1767225660000, 'curl/8.5.0', '192.0.2.7', 0, 1767225660000);
INSERT INTO "outbox" VALUES ('019b76db-9260-7333-b243-3c4b80bad5b6', 'verify_email', '019b76db-9260-74b8-bab6-ffec60d061d5', NULL, 'grace@example.com', 1767225660000, 'curl/8.5.0', '192.0.2.7', 0, 1767225660000);
INSERT INTO "outbox" VALUES ('019b76db-9260-7d43-9d16-fa1f593e765b', 'verify_email', '019b76db-9260-7a74-b19f-cd73b0962564', NULL, 'carol@example.com', 1767225660000, 'curl/8.5.0', '192.0.2.7', 0, 1767225660000);
INSERT INTO "outbox" VALUES ('019b76db-9260-744d-9d77-cb9a216db3d3', 'password_changed', '019b76db-9260-7a74-b19f-cd73b0962564', NULL, NULL, 1767225660000, NULL, NULL, 0, 1767225660000);
INSERT INTO "outbox" VALUES ('019b76db-9260-7467-b7a7-32da7ed8fe86', 'reset_password', NULL, 'carol@example.com', 'carol@example.com', 1767225660000, NULL, NULL, 0, 1767225660000);
CREATE INDEX `files_user_id` ON `files` (`user_id`);
CREATE INDEX `sessions_user_id` ON `sessions` (`user_id`);
CREATE UNIQUE INDEX `users_username_key_unique` ON `users` (`username_key`);
CREATE UNIQUE INDEX `users_email_key_unique` ON `users` (`email_key`);
CREATE INDEX `changes_user_id` ON `changes` (`user_id`);
CREATE UNIQUE INDEX `signing_keys_kid_unique` ON `signing_keys` (`kid`);
CREATE INDEX `timeline_user_id` ON `timeline` (`user_id`);
CREATE INDEX `timeline_session_id` ON `timeline` (`session_id`);
CREATE INDEX `users_admins` ON `users` (`role`) WHERE role = 'admin';
CREATE UNIQUE INDEX `users_username_skeleton_unique` ON `users` (`username_skeleton`);
CREATE UNIQUE INDEX `mail_links_secret_hash_unique` ON `mail_links` (`secret_hash`);
CREATE INDEX `outbox_due_at` ON `outbox` (`due_at`) WHERE due_at is not null;
CREATE INDEX `outbox_address_key` ON `outbox` (`address_key`,`ordered_at`);
CREATE INDEX `outbox_ordered_at` ON `outbox` (`ordered_at`);
CREATE UNIQUE INDEX `registration_links_secret_hash_unique` ON `registration_links` (`secret_hash`);
CREATE INDEX `registration_links_expires_at` ON `registration_links` (`expires_at`);
CREATE TRIGGER `feed_session_started` AFTER INSERT ON `sessions`
WHEN NEW.`revoked_at` IS NULL
BEGIN
	INSERT INTO `changes` (`user_id`, `kind`, `subject_id`, `created_at`)
	VALUES (NEW.`user_id`, 'session_started', NEW.`id`, NEW.`created_at`);
END;
CREATE TRIGGER `feed_session_ended` AFTER UPDATE OF `revoked_at` ON `sessions`
WHEN OLD.`revoked_at` IS NULL AND NEW.`revoked_at` IS NOT NULL
BEGIN
	INSERT INTO `changes` (`user_id`, `kind`, `subject_id`, `created_at`)
	VALUES (NEW.`user_id`, 'session_ended', NEW.`id`, NEW.`revoked_at`);
END;
CREATE TRIGGER `feed_file_added` AFTER UPDATE OF `state` ON `files`
WHEN OLD.`state` <> 'ready' AND NEW.`state` = 'ready'
BEGIN
	INSERT INTO `changes` (`user_id`, `kind`, `subject_id`, `created_at`)
	VALUES (NEW.`user_id`, 'file_added', NEW.`id`, NEW.`created_at`);
END;
CREATE TRIGGER `feed_file_removed` AFTER DELETE ON `files`
WHEN OLD.`state` = 'ready' AND OLD.`removed_at` IS NOT NULL
BEGIN
	INSERT INTO `changes` (`user_id`, `kind`, `subject_id`, `created_at`)
	VALUES (OLD.`user_id`, 'file_removed', OLD.`id`, OLD.`removed_at`);
END;
CREATE TRIGGER `feed_trim` AFTER INSERT ON `changes`
BEGIN
	DELETE FROM `changes`
	WHERE `user_id` = NEW.`user_id` AND `seq` <= (
		SELECT `seq` FROM `changes` WHERE `user_id` = NEW.`user_id` ORDER BY `seq` DESC LIMIT 1 OFFSET 200
	);
END;
CREATE TRIGGER `timeline_session_created` AFTER INSERT ON `sessions`
WHEN NEW.`revoked_at` IS NULL
BEGIN
	INSERT INTO `timeline` (`at`, `event`, `outcome`, `user_id`, `session_id`, `user_agent`, `ip_address`)
	VALUES (NEW.`created_at`, 'session_created', 'success', NEW.`user_id`, NEW.`id`, NEW.`user_agent`, NEW.`ip_address`);
END;
CREATE TRIGGER `timeline_session_expired` AFTER UPDATE OF `revoked_at` ON `sessions`
WHEN OLD.`revoked_at` IS NULL AND NEW.`revoked_at` IS NOT NULL
BEGIN
	INSERT INTO `timeline` (`at`, `event`, `outcome`, `user_id`, `session_id`, `detail`)
	VALUES (NEW.`revoked_at`, 'session_expired', 'success', NEW.`user_id`, NEW.`id`, NEW.`revoked_reason`);
END;
CREATE TRIGGER `timeline_is_never_changed` BEFORE UPDATE ON `timeline`
BEGIN
	SELECT RAISE(ABORT, 'The timeline is appended to, never changed');
END;
CREATE TRIGGER `timeline_trim_session` AFTER INSERT ON `timeline`
WHEN NEW.`session_id` IS NOT NULL
BEGIN
	DELETE FROM `timeline`
	WHERE `session_id` = NEW.`session_id` AND `seq` <= (
		SELECT `seq` FROM `timeline` WHERE `session_id` = NEW.`session_id` ORDER BY `seq` DESC LIMIT 1 OFFSET 50
	);
END;
CREATE TRIGGER `timeline_trim_user` AFTER INSERT ON `timeline`
WHEN NEW.`session_id` IS NULL
BEGIN
	DELETE FROM `timeline`
	WHERE `user_id` = NEW.`user_id` AND `session_id` IS NULL AND `seq` <= (
		SELECT `seq` FROM `timeline` WHERE `user_id` = NEW.`user_id` AND `session_id` IS NULL
		ORDER BY `seq` DESC LIMIT 1 OFFSET 200
	);
END;
CREATE TRIGGER `key_ring_counts_new_keys` AFTER INSERT ON `signing_keys`
BEGIN
	UPDATE `key_ring` SET `version` = `version` + 1 WHERE `id` = 1;
END;
CREATE TRIGGER `key_ring_counts_changed_keys` AFTER UPDATE ON `signing_keys`
BEGIN
	UPDATE `key_ring` SET `version` = `version` + 1 WHERE `id` = 1;
END;
CREATE TRIGGER `key_ring_counts_removed_keys` AFTER DELETE ON `signing_keys`
BEGIN
	UPDATE `key_ring` SET `version` = `version` + 1 WHERE `id` = 1;
END;
