"""What Kaltura is asked and what it answers; knows no window of a sync and no Airbyte."""
