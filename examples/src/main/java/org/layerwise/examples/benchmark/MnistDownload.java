package org.layerwise.examples.benchmark;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.common.resources.DL4JResources;
import org.deeplearning4j.common.resources.ResourceType;
import org.eclipse.deeplearning4j.resources.DataSetResource;
import org.eclipse.deeplearning4j.resources.ResourceDataSets;
import org.nd4j.common.resources.Downloader;

/** DL4J's own copy of MNIST: the files, checksums and local folder of its MnistFetcher. */
final class MnistDownload {
    private static final int TRIES = 2;

    private MnistDownload() {}

    /**
     * Downloads what is not in DL4J's local folder yet.
     *
     * @return that folder
     * @throws IOException if a file cannot be had, with a sentence that says what to do
     */
    static Path folder() throws IOException {
        File folder = DL4JResources.getDirectory(ResourceType.DATASET, "MNIST");
        List<DataSetResource> files = List.of(
                ResourceDataSets.mnistTrain(folder),
                ResourceDataSets.mnistTrainLabels(folder),
                ResourceDataSets.mnistTest(folder),
                ResourceDataSets.mnistTestLabels(folder));
        for (DataSetResource file : files) {
            File local = new File(folder, file.archiveFileName());
            if (!local.exists()) {
                download(file, local);
            }
        }
        return folder.toPath();
    }

    private static void download(DataSetResource file, File local) throws IOException {
        URI address = URI.create(file.rootUrl() + "/" + file.archiveFileName());
        try {
            Downloader.download("MNIST", address.toURL(), local, file.md5Sum(), TRIES);
        } catch (IOException e) {
            throw new IOException(
                    "MNIST could not be downloaded from " + address + " (" + e + "): get its four IDX files and name"
                            + " their folder with --data, or run --tasks curves, which needs none",
                    e);
        }
    }
}
