"""Facts about an account's Kaltura that nobody outside can know: `kaltura-rooms-facts`."""
