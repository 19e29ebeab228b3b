-- Beginnings and ends of sessions are told by the table itself, in the transaction of the cause: also the ends of those
-- sessions that a change of the password or an administrator took along, and also when another process wrote it. The
-- names are OWASP's (Logging Vocabulary Cheat Sheet).
CREATE TRIGGER `timeline_session_created` AFTER INSERT ON `sessions`
WHEN NEW.`revoked_at` IS NULL
BEGIN
	INSERT INTO `timeline` (`at`, `event`, `outcome`, `user_id`, `session_id`, `user_agent`, `ip_address`)
	VALUES (NEW.`created_at`, 'session_created', 'success', NEW.`user_id`, NEW.`id`, NEW.`user_agent`, NEW.`ip_address`);
END;
--> statement-breakpoint
-- Of that column alone: a refresh changes others, and must go on writing one page.
CREATE TRIGGER `timeline_session_expired` AFTER UPDATE OF `revoked_at` ON `sessions`
WHEN OLD.`revoked_at` IS NULL AND NEW.`revoked_at` IS NOT NULL
BEGIN
	INSERT INTO `timeline` (`at`, `event`, `outcome`, `user_id`, `session_id`, `detail`)
	VALUES (NEW.`revoked_at`, 'session_expired', 'success', NEW.`user_id`, NEW.`id`, NEW.`revoked_reason`);
END;
--> statement-breakpoint
CREATE TRIGGER `timeline_is_never_changed` BEFORE UPDATE ON `timeline`
BEGIN
	SELECT RAISE(ABORT, 'The timeline is appended to, never changed');
END;
--> statement-breakpoint
-- The newest 50 entries of each session stay, so that nobody can fill the disk with one.
CREATE TRIGGER `timeline_trim_session` AFTER INSERT ON `timeline`
WHEN NEW.`session_id` IS NOT NULL
BEGIN
	DELETE FROM `timeline`
	WHERE `session_id` = NEW.`session_id` AND `seq` <= (
		SELECT `seq` FROM `timeline` WHERE `session_id` = NEW.`session_id` ORDER BY `seq` DESC LIMIT 1 OFFSET 50
	);
END;
--> statement-breakpoint
-- And 200 of each user that belong to no session, such as wrong passwords.
CREATE TRIGGER `timeline_trim_user` AFTER INSERT ON `timeline`
WHEN NEW.`session_id` IS NULL
BEGIN
	DELETE FROM `timeline`
	WHERE `user_id` = NEW.`user_id` AND `session_id` IS NULL AND `seq` <= (
		SELECT `seq` FROM `timeline` WHERE `user_id` = NEW.`user_id` AND `session_id` IS NULL
		ORDER BY `seq` DESC LIMIT 1 OFFSET 200
	);
END;
--> statement-breakpoint
INSERT INTO `key_ring` (`id`, `version`) VALUES (1, 0);
--> statement-breakpoint
CREATE TRIGGER `key_ring_counts_new_keys` AFTER INSERT ON `signing_keys`
BEGIN
	UPDATE `key_ring` SET `version` = `version` + 1 WHERE `id` = 1;
END;
--> statement-breakpoint
CREATE TRIGGER `key_ring_counts_changed_keys` AFTER UPDATE ON `signing_keys`
BEGIN
	UPDATE `key_ring` SET `version` = `version` + 1 WHERE `id` = 1;
END;
--> statement-breakpoint
CREATE TRIGGER `key_ring_counts_removed_keys` AFTER DELETE ON `signing_keys`
BEGIN
	UPDATE `key_ring` SET `version` = `version` + 1 WHERE `id` = 1;
END;
