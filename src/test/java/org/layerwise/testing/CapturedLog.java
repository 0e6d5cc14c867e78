package org.layerwise.testing;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects what is logged while it is open. The logger of the tests, slf4j-simple, writes to the System.err of the moment
 * unless it was told to keep the stream that it began with: a probe proves that it was not, for else a test that expects no
 * warning would pass blindly.
 */
public final class CapturedLog implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CapturedLog.class);
    private static final String PROBE = "the log is being captured";

    /** "[main] WARN org.layerwise.internal.dl4j.Binding - message", where the message may go on over further lines. */
    private static final Pattern RECORD = Pattern.compile(
            "^(?:\\[[^\\]]*\\] )?(TRACE|DEBUG|INFO|WARN|ERROR) ([\\w.$]+) - (.*?)(?=^(?:\\[[^\\]]*\\] )?"
                    + "(?:TRACE|DEBUG|INFO|WARN|ERROR) [\\w.$]+ - |\\z)",
            Pattern.MULTILINE | Pattern.DOTALL);

    private final PrintStream before = System.err;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    private CapturedLog() {}

    /** Starts to collect; closing puts the stream back. */
    public static CapturedLog open() {
        CapturedLog captured = new CapturedLog();
        System.setErr(captured.stream);
        log.warn(PROBE);
        if (captured.warnings(PROBE).size() != 1) {
            captured.close();
            throw new IllegalStateException("The log does not follow System.setErr. Run the tests with slf4j-simple and"
                    + " without org.slf4j.simpleLogger.cacheOutputStream, logFile or a level above warn.");
        }
        captured.bytes.reset();
        return captured;
    }

    /** Messages of our own classes at level WARN that contain a phrase, in either case. */
    public List<String> warnings(String phrase) {
        stream.flush();
        List<String> found = new ArrayList<>();
        Matcher matcher = RECORD.matcher(bytes.toString(StandardCharsets.UTF_8));
        while (matcher.find()) {
            boolean ours = matcher.group(2).startsWith("org.layerwise.");
            String message = matcher.group(3).strip();
            if (matcher.group(1).equals("WARN") && ours && contains(message, phrase)) {
                found.add(message);
            }
        }
        return found;
    }

    private static boolean contains(String message, String phrase) {
        return message.toLowerCase(Locale.ROOT).contains(phrase.toLowerCase(Locale.ROOT));
    }

    @Override
    public void close() {
        System.setErr(before);
    }
}
