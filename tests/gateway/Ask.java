// Asks an address twice with a body of known length and twice in chunks, as Java does by itself.
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;

class Ask {
    public static void main(String[] given) throws Exception {
        var client = HttpClient.newHttpClient();
        BodyPublisher[] bodies = {
            BodyPublishers.ofString(given[1]),
            BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(given[1].getBytes())),
        };
        for (int round = 0; round < 2; round++) {
            for (var body : bodies) {
                var request = HttpRequest.newBuilder(URI.create(given[0]))
                    .header("Content-Type", "application/json").POST(body).build();
                var answer = client.send(request, BodyHandlers.ofString());
                System.out.println(answer.version() + " " + answer.statusCode() + " " + answer.body());
            }
        }
    }
}
