-- What fills the table `changes`. Times are those of the rows themselves: no clock counts but the one that the rules go by.
CREATE TRIGGER `feed_session_started` AFTER INSERT ON `sessions`
WHEN NEW.`revoked_at` IS NULL
BEGIN
	INSERT INTO `changes` (`user_id`, `kind`, `subject_id`, `created_at`)
	VALUES (NEW.`user_id`, 'session_started', NEW.`id`, NEW.`created_at`);
END;
--> statement-breakpoint
-- Of that column alone: a refresh changes others, and must go on writing one page.
CREATE TRIGGER `feed_session_ended` AFTER UPDATE OF `revoked_at` ON `sessions`
WHEN OLD.`revoked_at` IS NULL AND NEW.`revoked_at` IS NOT NULL
BEGIN
	INSERT INTO `changes` (`user_id`, `kind`, `subject_id`, `created_at`)
	VALUES (NEW.`user_id`, 'session_ended', NEW.`id`, NEW.`revoked_at`);
END;
--> statement-breakpoint
CREATE TRIGGER `feed_file_added` AFTER UPDATE OF `state` ON `files`
WHEN OLD.`state` <> 'ready' AND NEW.`state` = 'ready'
BEGIN
	INSERT INTO `changes` (`user_id`, `kind`, `subject_id`, `created_at`)
	VALUES (NEW.`user_id`, 'file_added', NEW.`id`, NEW.`created_at`);
END;
--> statement-breakpoint
-- Only what was removed on purpose: files that go with their user have nobody left to hear of it, nor a row to refer to.
CREATE TRIGGER `feed_file_removed` AFTER DELETE ON `files`
WHEN OLD.`state` = 'ready' AND OLD.`removed_at` IS NOT NULL
BEGIN
	INSERT INTO `changes` (`user_id`, `kind`, `subject_id`, `created_at`)
	VALUES (OLD.`user_id`, 'file_removed', OLD.`id`, OLD.`removed_at`);
END;
--> statement-breakpoint
-- The newest 200 of each user stay.
CREATE TRIGGER `feed_trim` AFTER INSERT ON `changes`
BEGIN
	DELETE FROM `changes`
	WHERE `user_id` = NEW.`user_id` AND `seq` <= (
		SELECT `seq` FROM `changes` WHERE `user_id` = NEW.`user_id` ORDER BY `seq` DESC LIMIT 1 OFFSET 200
	);
END;
