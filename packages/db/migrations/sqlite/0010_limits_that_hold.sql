ALTER TABLE `files` ADD `leased_until` integer;--> statement-breakpoint
CREATE INDEX `timeline_without_session` ON `timeline` (`user_id`,`event`,`detail`) WHERE session_id is null;--> statement-breakpoint
-- The two digits of the cost in a bcrypt hash, ours or another system's. The highest is asked for at each login; a refresh
-- changes neither. By hand, because drizzle-kit takes the expression apart at its commas.
CREATE INDEX `users_password_cost` ON `users` (substr(`password_hash`, instr(`password_hash`, '$2') + 4, 2));
--> statement-breakpoint
-- What can be caused from outside, such as wrong passwords, must not push out what matters: each kind of entry, which is its
-- event and its detail, has a number of its own that stays.
DROP TRIGGER `timeline_trim_session`;
--> statement-breakpoint
CREATE TRIGGER `timeline_trim_session` AFTER INSERT ON `timeline`
WHEN NEW.`session_id` IS NOT NULL
BEGIN
	DELETE FROM `timeline`
	WHERE `session_id` = NEW.`session_id` AND `event` = NEW.`event` AND `detail` IS NEW.`detail` AND `seq` <= (
		SELECT `seq` FROM `timeline`
		WHERE `session_id` = NEW.`session_id` AND `event` = NEW.`event` AND `detail` IS NEW.`detail`
		ORDER BY `seq` DESC LIMIT 1 OFFSET 50
	);
END;
--> statement-breakpoint
DROP TRIGGER `timeline_trim_user`;
--> statement-breakpoint
CREATE TRIGGER `timeline_trim_user` AFTER INSERT ON `timeline`
WHEN NEW.`session_id` IS NULL
BEGIN
	DELETE FROM `timeline`
	WHERE `user_id` = NEW.`user_id` AND `session_id` IS NULL AND `event` = NEW.`event` AND `detail` IS NEW.`detail` AND `seq` <= (
		SELECT `seq` FROM `timeline`
		WHERE `user_id` = NEW.`user_id` AND `session_id` IS NULL AND `event` = NEW.`event` AND `detail` IS NEW.`detail`
		ORDER BY `seq` DESC LIMIT 1 OFFSET 200
	);
END;
